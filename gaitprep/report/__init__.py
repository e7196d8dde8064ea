"""Pictures that a person can judge: contact sheets and annotated previews."""

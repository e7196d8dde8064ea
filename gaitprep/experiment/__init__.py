"""The paper's experiments in kind: many trainings and evaluations, each resumable, and the tables made of them."""

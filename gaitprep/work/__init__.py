"""Work folders: what a stage leaves for the next one."""

"""What ``byhand practice`` does, each in a file: list, write, watch, hunt, exam."""

"""What is run in processes of their own: each file is a program."""

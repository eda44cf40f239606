"""Mutation testing: changes one thing at a time in the code, with cosmic-ray, and sees whether the tests notice."""

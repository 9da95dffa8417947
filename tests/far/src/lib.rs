//! A shared object, far from the program that loads it.

//! Black-box tests: the real executable against the sandbox and against servers of the tests' own.

mod support;

mod smoke;

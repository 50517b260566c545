"""A blog that has been in use for three years: sixty posts, and six hundred replies beneath one."""

"""Common code for functions of two arrays: names, signatures, calls, random inputs."""

"""What all kernels stand on: compiling, memory, elementary functions, threads, stores."""

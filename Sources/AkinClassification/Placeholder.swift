// filled by its own step

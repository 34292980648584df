"""The kernel: the few nouns and ports every capability stands on. It knows no customer, no product and no screen."""

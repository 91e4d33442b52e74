"""The sandbox: a registry of its own, with another trust root, that holds one thing to practise on for each answer."""

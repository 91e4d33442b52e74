"""The OpenAPI documents: written from the applications, and held against what was released."""

"""The authority's private register of applications: of bodies that want to be accredited, from opening to decision."""

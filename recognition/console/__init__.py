"""The foreign operator's console: its schemes, crosswalks, simulations and agreements as pages over one folder."""

"""What the operators' console shows, in words of one language: cards of facts, tables and forms.

Each page is told what to show by plain answers; nothing is read and nothing is decided here.
"""

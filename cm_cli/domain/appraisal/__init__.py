"""Appraisal (考核): facts in, a scorecard with its whole working out."""

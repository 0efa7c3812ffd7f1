"""Folds libphonenumber's metadata into the tables that predial's numbering plan is read from."""

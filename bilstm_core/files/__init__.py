"""What leaves the program and comes back: tables, figures, a report, models, and all of it as one ZIP.

findings.py is what the writers take. What comes back is checked before it is opened (archive.py), and a sentence says
what is wrong with it. Neither Streamlit nor Keras is imported here.
"""

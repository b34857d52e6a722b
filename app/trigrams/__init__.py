"""An index of parts of words, on either engine the same: which rows may have what is looked for.

It leads to candidates and decides nothing: whoever asks looks into their true text. Rows that are
new, or whose words have changed, are candidates until the worker has indexed them, so that nothing
is missed. It stands in plain tables and is saved and restored with them.
"""

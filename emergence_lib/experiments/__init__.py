"""Small networks trained here: one phenomenon, one short module."""

"""Forecasting the shipped curves from their smaller models: the methods, and how they did."""

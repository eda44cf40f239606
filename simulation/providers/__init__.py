"""The azure-native and azuread providers over the simulated clouds."""

"""冻结、对照组与节假日 · what compliance sets day by day."""

"""What compliance sets beside the policy, over HTTP: freezes, the calendar, hold-outs."""

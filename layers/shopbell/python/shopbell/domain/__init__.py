"""The pure core: ids, events, rules, evaluation, scenarios, messages; no AWS, no clock, no environment."""

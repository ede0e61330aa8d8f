"""The ports, made of DynamoDB, SQS, SSM, Scheduler, Web Push; and of memory for tests."""

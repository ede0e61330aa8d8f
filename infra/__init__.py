"""The CDK app: what `cdk deploy` sends to AWS and the local host sends to the engine."""

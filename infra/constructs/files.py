"""Files that people fetch or bring by a signed address: exports and uploads, and nothing that has to last."""

from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import Stage

KEPT: Final = Duration.days(7)
UNFINISHED_KEPT: Final = Duration.days(1)


class Files(s3.Bucket):
    """Private, encrypted, emptied by itself; a signed address opens one file for minutes."""

    def __init__(self, scope: Construct, id_: str, *, stage: Stage) -> None:
        super().__init__(
            scope,
            id_,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=stage.tls_only,
            lifecycle_rules=[
                s3.LifecycleRule(expiration=KEPT, abort_incomplete_multipart_upload_after=UNFINISHED_KEPT)
            ],
            removal_policy=RemovalPolicy.RETAIN if stage.protect else RemovalPolicy.DESTROY,
        )

    def allow(self, grantee: iam.IGrantable, folder: str, *actions: str) -> None:
        """The actions on the files of one folder of this bucket, and on nothing beside them.

        `ListBucket`, alone: to be told the names in it.
        """
        if actions == ("ListBucket",):
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["s3:ListBucket"],
                resource_arns=[self.bucket_arn],
                conditions={"StringLike": {"s3:prefix": f"{folder}/*"}},
            )
            return
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[f"s3:{action}" for action in actions],
            resource_arns=[self.arn_for_objects(f"{folder}/*")],
        )

"""A role, a policy or a binding grants everything.

What runs under it, and whoever breaks into that, may then read every secret, make itself an administrator and delete
what there is. A wildcard also grants what the provider adds next year.
"""

from collections.abc import Iterator

from gate.facts.grant import Grant
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(269, 732, 250),
    fix="""List the actions that are used and the resources they are used on, by ARN or name. Bind roles to one
    namespace or project. Name who may assume a role, down to the repository and branch for GitHub's tokens.""",
    bad=[
        """
        import json, boto3
        from aws_cdk import aws_iam as iam
        boto3.client("iam").put_role_policy(RoleName="app", PolicyName="p", PolicyDocument=json.dumps({
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "*", "Resource": "*"},  # <-
                {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"},
            ],
        }))
        role.add_to_policy(iam.PolicyStatement(actions=["s3:*", "iam:PassRole"], resources=["*"]))  # <-
        role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name("AdministratorAccess"))  # <-
        TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}  # <-
        client.attach_role_policy(RoleName="ci", PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess")  # <-
        """,
        {
            "k8s/role.yaml": """
            kind: ClusterRole
            apiVersion: rbac.authorization.k8s.io/v1
            metadata: {name: app}
            rules:
              - apiGroups: ["*"]  # <-
                resources: ["*"]
                verbs: ["*"]
            ---
            kind: ClusterRoleBinding
            metadata: {name: ci}
            roleRef: {kind: ClusterRole, name: cluster-admin}  # <-
            subjects: [{kind: ServiceAccount, name: ci, namespace: ci}]
            ---
            kind: RoleBinding
            metadata: {name: ci, namespace: ci}
            roleRef: {kind: ClusterRole, name: admin}  # <-
            subjects: [{kind: ServiceAccount, name: ci, namespace: ci}]
            """,
            "trust.yaml": """
            Statement:
              - Effect: Allow  # <-
                Principal: {Federated: "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"}
                Action: sts:AssumeRoleWithWebIdentity
                Condition: {StringLike: {"token.actions.githubusercontent.com:sub": "repo:*"}}
            """,
            "policy.json": """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"},
              {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"} // <-
            ]}
            """,
        },
        {
            "main.tf": """
            data "aws_iam_policy_document" "app" {
              statement {  # <-
                actions   = ["secretsmanager:*"]
                resources = ["*"]
              }
            }
            resource "aws_iam_role_policy" "app" {
              policy = jsonencode({
                Statement = [
                  {  # <-
                    Effect   = "Allow"
                    Action   = "*"
                    Resource = "*"
                  },
                ]
              })
            }
            resource "aws_iam_role_policy_attachment" "app" {
              policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"  # <-
            }
            resource "google_project_iam_member" "ci" {
              role   = "roles/owner"  # <-
              member = "serviceAccount:ci@example.iam.gserviceaccount.com"
            }
            """,
            "setup.sh": """
            gcloud projects add-iam-policy-binding app --member=serviceAccount:ci --role=roles/editor  # <-
            aws iam attach-role-policy --role-name ci --policy-arn arn:aws:iam::aws:policy/AdministratorAccess  # <-
            kubectl create clusterrolebinding ci --clusterrole=cluster-admin --serviceaccount=ci:default  # <-
            az role assignment create --assignee "$CI" --role Owner --scope "/subscriptions/$SUBSCRIPTION"  # <-
            """,
        },
        {
            "cluster.tf": """
            resource "kubernetes_cluster_role" "app" {
              metadata { name = "app" }
              rule {  # <-
                api_groups = ["*"]
                resources  = ["*"]
                verbs      = ["*"]
              }
            }
            resource "kubernetes_cluster_role_binding" "ci" {
              role_ref {
                kind = "ClusterRole"
                name = "cluster-admin"  # <-
              }
            }
            resource "azurerm_role_definition" "app" {
              permissions {  # <-
                actions = ["*"]
              }
            }
            """,
            "role.json": """
            {
              "Name": "app",
              "Actions": ["*"], // <-
              "AssignableScopes": ["/subscriptions/1"]
            }
            """,
            "template.yaml": """
            Resources:
              Job:
                Type: AWS::Serverless::Function
                Properties:
                  Policies: AdministratorAccess  # <-
            """,
            "deploy.py": """
            import boto3, json
            from kubernetes import client
            policy = {"Version": "2012-10-17", "Statement": []}
            policy["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*"})  # <-
            boto3.client("iam").create_policy(PolicyName="p", PolicyDocument=json.dumps(policy))
            rule = client.V1PolicyRule(api_groups=["*"], resources=["*"], verbs=["*"])  # <-
            """,
        },
    ],
    good=[
        {
            "policy.yaml": """
            Deny:
              Statement:
                - {Effect: Deny, Action: "*", Resource: "*", Principal: "*"}
            KeyPolicy:
              Statement:
                - Effect: Allow
                  Principal: {AWS: "arn:aws:iam::123456789012:root"}
                  Action: kms:*
                  Resource: "*"
            App:
              Statement:
                - {Effect: Allow, Action: ["ec2:DescribeInstances", "ecr:GetAuthorizationToken"], Resource: "*"}
                - {Effect: Allow, Action: ["s3:GetObject"], Resource: "arn:aws:s3:::bucket/app/*"}
                - Effect: Allow
                  Principal: "*"
                  Action: s3:GetObject
                  Resource: "arn:aws:s3:::bucket/*"
                  Condition: {StringEquals: {"aws:PrincipalOrgID": "o-1"}}
            PermissionsBoundary:
              Statement:
                - {Effect: Allow, Action: "*", Resource: "*"}
            """,
            "role.yaml": """
            kind: Role
            rules:
              - {apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"]}
            """,
        },
        """
        from aws_cdk import aws_iam as iam
        role.add_to_policy(iam.PolicyStatement(effect=iam.Effect.DENY, actions=["*"], resources=["*"]))
        role.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[bucket.arn_for_objects("*")]))
        KNOWN = {"AdministratorAccess", "PowerUserAccess"}
        BOUNDARY = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        """,
        {
            "main.tf": """
            data "aws_iam_policy_document" "app" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["${aws_s3_bucket.app.arn}/*"]
              }
              statement {
                effect    = "Deny"
                actions   = ["*"]
                resources = ["*"]
              }
            }
            resource "google_project_iam_member" "ci" {
              role = "roles/logging.logWriter"
            }
            resource "kubernetes_role" "app" {
              rule {
                api_groups = [""]
                resources  = ["configmaps"]
                verbs      = ["get", "list"]
              }
            }
            resource "kubernetes_service_account" "ci" {
              metadata {
                name = "cluster-admin"
              }
            }
            resource "azurerm_role_definition" "app" {
              permissions {
                actions     = ["Microsoft.Storage/*/read"]
                not_actions = ["*"]
              }
            }
            """,
            "deploy.py": """
            from kubernetes import client
            rule = client.V1PolicyRule(api_groups=[""], resources=["pods"], verbs=["get"])
            route = {"Action": "*", "Resource": "*"}
            """,
            "setup.sh": "az role assignment create --assignee $CI --role Reader --scope /subscriptions/1",
        },
    ],
    misses=[
        "Actions that write, named one by one, on every resource.",
        "Templates of Helm, which are no YAML until they are rendered.",
        "Policies whose actions are put together by code.",
    ],
)

_SAID = {
    "everything": (Severity.CRITICAL, "This statement allows every action on every resource"),
    "mostly": (Severity.MEDIUM, "This statement allows every action on every resource, but for its condition"),
    "managed": (Severity.CRITICAL, "The policy `{value}` gives the account away"),
    "power": (Severity.CRITICAL, "With `{value}` on everything the holder can make itself an administrator"),
    "anybody": (Severity.CRITICAL, "Any account in the world may assume this role"),
    "repository": (Severity.CRITICAL, "A workflow of any repository on GitHub may assume this role"),
    "cluster": (Severity.CRITICAL, "`{value}` lets the holder do anything in the whole cluster"),
    "bound": (Severity.MEDIUM, "`{value}` lets the holder do nearly anything where it is bound"),
    "public": (None, "Everybody may use this: `{value}`"),
    "service": (None, "`{value}` on every resource allows all there is in the service"),
    "project": (None, "`{value}` allows nearly everything in the project or subscription"),
    "everybody": (None, "`{value}` is every caller, whoever that is"),
    "rising": (None, "`{value}` lets the holder take rights that it was not given"),
    "namespace": (Severity.MEDIUM, "The wildcard on `{value}` allows more than the ones that are used"),
    "website": (Severity.MEDIUM, "`{value}` makes this public"),
    "broad": (Severity.MEDIUM, "`{value}` allows more than the actions that are used"),
}


@rule.check(Grant)
def look(grant: Grant, repo: Repo) -> Iterator[Hit]:
    del repo
    severity, said = _SAID[grant.how]
    rendered = "/templates/" in grant.place.path
    message = said.format(value=grant.value)
    yield Hit(grant.place, f"{message}.", detail=grant.how, severity=Severity.MEDIUM if rendered else severity)

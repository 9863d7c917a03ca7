//! The known ways from some rights to all others.
//!
//! Source: public research on IAM privilege escalation. A route holds if its first action is
//! allowed on all its resources and the others are allowed at all.

/// What a route leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prize {
    /// Any right: the role can change rights.
    Rights,
    /// The rights of others that are there.
    Others,
}

/// A combination of rights with which a role can give itself any other.
#[derive(Debug)]
pub(super) struct Route {
    /// The action that must be broad.
    pub(super) first: &'static str,
    /// The actions that must be there, too.
    pub(super) with: &'static [&'static str],
    /// What it leads to.
    pub(super) prize: Prize,
    /// For PassRole: the service that gets the role.
    pub(super) service: &'static str,
}

const fn rights(first: &'static str, with: &'static [&'static str]) -> Route {
    Route {
        first,
        with,
        prize: Prize::Rights,
        service: "",
    }
}

const fn others(first: &'static str, with: &'static [&'static str]) -> Route {
    Route {
        first,
        with,
        prize: Prize::Others,
        service: "",
    }
}

const fn pass(with: &'static [&'static str], service: &'static str) -> Route {
    Route {
        first: "iam:PassRole",
        with,
        prize: Prize::Others,
        service,
    }
}

pub(super) const ROUTES: &[Route] = &[
    // Rights over rights.
    rights("iam:CreatePolicyVersion", &[]),
    rights("iam:SetDefaultPolicyVersion", &[]),
    rights("iam:AttachRolePolicy", &[]),
    rights("iam:PutRolePolicy", &[]),
    rights("iam:AttachUserPolicy", &[]),
    rights("iam:PutUserPolicy", &[]),
    rights("iam:AttachGroupPolicy", &[]),
    rights("iam:PutGroupPolicy", &[]),
    rights("iam:AddUserToGroup", &[]),
    rights("iam:UpdateAssumeRolePolicy", &[]),
    // The credentials of somebody else.
    others("iam:CreateAccessKey", &[]),
    others("iam:CreateLoginProfile", &[]),
    others("iam:UpdateLoginProfile", &[]),
    others("iam:DeactivateMFADevice", &["iam:UpdateLoginProfile"]),
    // Code that runs under another role already.
    others("lambda:UpdateFunctionCode", &[]),
    others(
        "lambda:UpdateFunctionConfiguration",
        &["lambda:PublishLayerVersion"],
    ),
    others("ssm:SendCommand", &[]),
    others("ssm:StartSession", &[]),
    others("ec2-instance-connect:SendSSHPublicKey", &[]),
    others(
        "ec2:ModifyInstanceAttribute",
        &["ec2:StopInstances", "ec2:StartInstances"],
    ),
    others("glue:UpdateDevEndpoint", &[]),
    others("glue:UpdateJob", &["glue:StartJobRun"]),
    others("sagemaker:CreatePresignedNotebookInstanceUrl", &[]),
    others("codebuild:UpdateProject", &["codebuild:StartBuild"]),
    others(
        "cloudformation:CreateChangeSet",
        &["cloudformation:ExecuteChangeSet"],
    ),
    others("cloudformation:UpdateStack", &[]),
    others("states:UpdateStateMachine", &["states:StartExecution"]),
    others("ecs:ExecuteCommand", &[]),
    // New code under a role of choice.
    pass(&["ec2:RunInstances"], "ec2.amazonaws.com"),
    pass(&["ec2:RequestSpotInstances"], "ec2.amazonaws.com"),
    pass(&["ec2:AssociateIamInstanceProfile"], "ec2.amazonaws.com"),
    pass(
        &["ec2:ReplaceIamInstanceProfileAssociation"],
        "ec2.amazonaws.com",
    ),
    pass(
        &[
            "autoscaling:CreateLaunchConfiguration",
            "autoscaling:CreateAutoScalingGroup",
        ],
        "ec2.amazonaws.com",
    ),
    pass(
        &["lambda:CreateFunction", "lambda:InvokeFunction"],
        "lambda.amazonaws.com",
    ),
    pass(
        &["lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
        "lambda.amazonaws.com",
    ),
    pass(
        &["lambda:CreateFunction", "lambda:AddPermission"],
        "lambda.amazonaws.com",
    ),
    pass(
        &["lambda:CreateFunction", "lambda:CreateFunctionUrlConfig"],
        "lambda.amazonaws.com",
    ),
    pass(
        &["cloudformation:CreateStack"],
        "cloudformation.amazonaws.com",
    ),
    pass(
        &["cloudformation:CreateStackSet"],
        "cloudformation.amazonaws.com",
    ),
    pass(
        &["ecs:RegisterTaskDefinition", "ecs:RunTask"],
        "ecs-tasks.amazonaws.com",
    ),
    pass(
        &["ecs:RegisterTaskDefinition", "ecs:StartTask"],
        "ecs-tasks.amazonaws.com",
    ),
    pass(
        &["ecs:RegisterTaskDefinition", "ecs:CreateService"],
        "ecs-tasks.amazonaws.com",
    ),
    pass(
        &["ecs:RegisterTaskDefinition", "ecs:UpdateService"],
        "ecs-tasks.amazonaws.com",
    ),
    pass(
        &["batch:RegisterJobDefinition", "batch:SubmitJob"],
        "ecs-tasks.amazonaws.com",
    ),
    pass(
        &["codebuild:CreateProject", "codebuild:StartBuild"],
        "codebuild.amazonaws.com",
    ),
    pass(&["glue:CreateDevEndpoint"], "glue.amazonaws.com"),
    pass(
        &["glue:CreateJob", "glue:StartJobRun"],
        "glue.amazonaws.com",
    ),
    pass(
        &["glue:CreateJob", "glue:CreateTrigger"],
        "glue.amazonaws.com",
    ),
    pass(
        &["glue:CreateSession", "glue:RunStatement"],
        "glue.amazonaws.com",
    ),
    pass(
        &[
            "sagemaker:CreateNotebookInstance",
            "sagemaker:CreatePresignedNotebookInstanceUrl",
        ],
        "sagemaker.amazonaws.com",
    ),
    pass(&["sagemaker:CreateTrainingJob"], "sagemaker.amazonaws.com"),
    pass(
        &["sagemaker:CreateProcessingJob"],
        "sagemaker.amazonaws.com",
    ),
    pass(
        &[
            "datapipeline:CreatePipeline",
            "datapipeline:PutPipelineDefinition",
            "datapipeline:ActivatePipeline",
        ],
        "datapipeline.amazonaws.com",
    ),
    pass(
        &["elasticmapreduce:RunJobFlow"],
        "elasticmapreduce.amazonaws.com",
    ),
    pass(
        &["states:CreateStateMachine", "states:StartExecution"],
        "states.amazonaws.com",
    ),
    pass(
        &["ssm:CreateDocument", "ssm:StartAutomationExecution"],
        "ssm.amazonaws.com",
    ),
    pass(
        &["apprunner:CreateService"],
        "tasks.apprunner.amazonaws.com",
    ),
    pass(&["scheduler:CreateSchedule"], "scheduler.amazonaws.com"),
    pass(
        &[
            "bedrock-agentcore:CreateCodeInterpreter",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ],
        "bedrock-agentcore.amazonaws.com",
    ),
];

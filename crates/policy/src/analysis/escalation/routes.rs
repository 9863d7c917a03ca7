//! The known ways from some rights to all others.
//!
//! Source: public research on IAM privilege escalation. A route holds if its first action is
//! allowed on all its resources and the others are allowed at all.

/// A combination of rights with which a role can give itself any other.
#[derive(Debug)]
pub(super) struct Route {
    /// The action that must be broad.
    pub(super) first: &'static str,
    /// The actions that must be there, too.
    pub(super) with: &'static [&'static str],
    /// For PassRole: the service that gets the role.
    pub(super) service: &'static str,
}

const fn alone(first: &'static str) -> Route {
    Route {
        first,
        with: &[],
        service: "",
    }
}

const fn pass(with: &'static [&'static str], service: &'static str) -> Route {
    Route {
        first: "iam:PassRole",
        with,
        service,
    }
}

const fn pair(first: &'static str, with: &'static [&'static str]) -> Route {
    Route {
        first,
        with,
        service: "",
    }
}

pub(super) const ROUTES: &[Route] = &[
    // Rights over rights.
    alone("iam:CreatePolicyVersion"),
    alone("iam:SetDefaultPolicyVersion"),
    alone("iam:AttachRolePolicy"),
    alone("iam:PutRolePolicy"),
    alone("iam:AttachUserPolicy"),
    alone("iam:PutUserPolicy"),
    alone("iam:AttachGroupPolicy"),
    alone("iam:PutGroupPolicy"),
    alone("iam:AddUserToGroup"),
    alone("iam:UpdateAssumeRolePolicy"),
    // The credentials of somebody else.
    alone("iam:CreateAccessKey"),
    alone("iam:CreateLoginProfile"),
    alone("iam:UpdateLoginProfile"),
    pair("iam:DeactivateMFADevice", &["iam:UpdateLoginProfile"]),
    // Code that runs under another role already.
    alone("lambda:UpdateFunctionCode"),
    pair(
        "lambda:UpdateFunctionConfiguration",
        &["lambda:PublishLayerVersion"],
    ),
    alone("ssm:SendCommand"),
    alone("ssm:StartSession"),
    alone("ec2-instance-connect:SendSSHPublicKey"),
    pair(
        "ec2:ModifyInstanceAttribute",
        &["ec2:StopInstances", "ec2:StartInstances"],
    ),
    alone("glue:UpdateDevEndpoint"),
    pair("glue:UpdateJob", &["glue:StartJobRun"]),
    alone("sagemaker:CreatePresignedNotebookInstanceUrl"),
    pair("codebuild:UpdateProject", &["codebuild:StartBuild"]),
    pair(
        "cloudformation:CreateChangeSet",
        &["cloudformation:ExecuteChangeSet"],
    ),
    alone("cloudformation:UpdateStack"),
    pair("states:UpdateStateMachine", &["states:StartExecution"]),
    alone("ecs:ExecuteCommand"),
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

-- What starts runs by itself: when a schedule is next due, and where a webhook comes in.
alter table workflow_deployments
  add next_at timestamptz,
  -- SHA-256 of what stands in the address of the webhook.
  add hook_hash bytea,
  add sealed_hook bytea,
  add hook_key_id text,
  add constraint workflow_deployments_sealed_hook_key
    foreign key (workspace_id, hook_key_id) references workspace_keys (workspace_id, key_id);
create index workflow_deployments_due on workflow_deployments (next_at) where next_at is not null and ended_at is null;
create unique index workflow_deployments_hook on workflow_deployments (hook_hash) where hook_hash is not null;

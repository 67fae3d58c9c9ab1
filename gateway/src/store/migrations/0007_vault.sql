-- Keys of a workspace by age: the highest generation seals.
alter table workspace_keys add generation integer not null default 1;
alter table workspace_keys add constraint workspace_keys_generation unique (workspace_id, generation);
alter table workspace_keys alter generation drop default;

-- A key stays as long as anything is sealed with it, whatever a gateway has in its memory.
alter table connections add constraint connections_credential_key
  foreign key (workspace_id, credential_key_id) references workspace_keys (workspace_id, key_id);
alter table approvals add constraint approvals_sealed_call_key
  foreign key (workspace_id, sealed_key_id) references workspace_keys (workspace_id, key_id);
alter table approvals add constraint approvals_sealed_result_key
  foreign key (workspace_id, result_key_id) references workspace_keys (workspace_id, key_id);
alter table idempotency_keys add constraint idempotency_keys_sealed_result_key
  foreign key (workspace_id, result_key_id) references workspace_keys (workspace_id, key_id);

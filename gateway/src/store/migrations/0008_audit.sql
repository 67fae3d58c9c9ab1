-- The audit log: one chain of hashes per workspace. hash = SHA-256 of the previous hash (32 zero bytes before the first)
-- followed by the UTF-8 text "workspace_id LF seq LF at LF kind LF body", at as 2026-01-31T12:00:00.000Z. body is the text
-- that the gateway wrote, unchanged, so that whoever has the rows can compute every hash.
create table audit_log (
  workspace_id text not null,
  seq bigint not null,
  at timestamptz not null,
  kind text not null,
  body text not null,
  hash bytea not null,
  -- Who did what to what, for finding what people did: ids as the body has them, which the verification sees to. Null for
  -- calls, which have a log of their own.
  actor text,
  target text,
  primary key (workspace_id, seq, at)
) partition by range (at);
-- A page of acts by any filters, newest first, is one range of one of these. The planner takes the last of those that cost the
-- same, which so is the one with the most of the filters. Few entries are acts, so they take little room.
do $$
declare filters text;
begin
  foreach filters in array array['', 'kind', 'actor', 'target', 'kind, actor', 'kind, target', 'actor, target', 'kind, actor, target'] loop
    execute format('create index %I on audit_log (workspace_id, %sat desc, seq desc) where actor is not null',
      'audit_log_acts' || coalesce('_by_' || nullif(replace(filters, ', ', '_'), ''), ''), coalesce(nullif(filters, '') || ', ', ''));
  end loop;
end $$;

-- Where the log of each workspace stands. Its row lock is what puts the entries of several gateways in one order.
create table log_heads (
  workspace_id text primary key,
  seq bigint not null default 0,
  hash bytea not null default decode(repeat('00', 32), 'hex'),
  at timestamptz not null default '-infinity'
) with (fillfactor = 50);

-- Ends of the chain signed with a key that the database does not have: what was written before one cannot be changed,
-- and with a copy of it elsewhere not be cut off, without that showing.
create table audit_checkpoints (
  workspace_id text not null,
  seq bigint not null,
  hash bytea not null,
  at timestamptz not null,
  public_key bytea not null,
  signature bytea not null,
  primary key (workspace_id, seq)
);
-- What retention removed from the beginning of a chain, with the hash that the chain goes on from; signed as well.
create table audit_gaps (
  workspace_id text not null,
  first_seq bigint not null,
  last_seq bigint not null,
  hash bytea not null,
  at timestamptz not null,
  public_key bytea not null,
  signature bytea not null,
  primary key (workspace_id, last_seq)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

do $$
declare t text;
begin
  foreach t in array array['audit_log', 'log_heads', 'audit_checkpoints', 'audit_gaps'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', t);
  end loop;
  -- The gateway may add and read. The triggers hold superusers as well, from changing something by mistake.
  foreach t in array array['audit_log', 'audit_checkpoints', 'audit_gaps'] loop
    execute format('revoke update, delete, truncate on %I from current_user', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function refuse_change()', t);
    execute format('create trigger append_only_whole before truncate on %I execute function refuse_change()', t);
  end loop;
end $$;

-- Makes the partitions of this month and the given number of months to come.
create function audit_make_partitions(ahead integer) returns void language plpgsql as $$
declare
  month timestamp;
  name text;
begin
  perform pg_advisory_xact_lock(hashtext('sallyport audit partitions'));
  for month in select generate_series(
    date_trunc('month', now() at time zone 'UTC'), date_trunc('month', now() at time zone 'UTC') + make_interval(months => ahead), '1 month'
  ) loop
    name := 'audit_log_' || to_char(month, 'YYYY_MM');
    continue when to_regclass(name) is not null;
    execute format('create table %I partition of audit_log for values from (%L) to (%L)', name,
      month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', name);
    execute format('revoke update, delete, truncate on %I from current_user', name);
    execute format('create trigger append_only_whole before truncate on %I execute function refuse_change()', name);
  end loop;
end $$;

create function audit_link(previous bytea, head bytea, entry text) returns bytea language plpgsql immutable parallel safe
  as $$ begin return sha256(coalesce(previous, head) || convert_to(entry, 'UTF8')); end $$;
-- The hash of each entry in the order of a window, from the hash before the first.
create aggregate audit_chain(head bytea, entry text) (sfunc = audit_link, stype = bytea);

-- What stands before the body of an entry.
create function audit_header(workspace text, seq bigint, stamp text, kind text) returns text language sql stable parallel safe
  as $$ select workspace || E'\n' || seq || E'\n' || stamp || E'\n' || kind || E'\n' $$;

create function audit_stamp(at timestamptz) returns text language sql stable parallel safe
  as $$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- Now, but not before the entry before: a clock that is put right by a little must not put entries out of the order of time.
create function audit_moment(previous timestamptz) returns timestamptz language plpgsql volatile as $$
declare
  moment timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
  if previous > moment and previous < moment + interval '1 hour' then
    return previous;
  end if;
  return moment;
end $$;

create function audit_is_call(kind text) returns boolean language sql immutable parallel safe
  as $$ select kind in ('call.started', 'call.pending', 'call.ended') $$;

-- The id of the actor or the target of an act; null where somebody made something else of the body.
create function audit_id(body text, part text) returns text language plpgsql immutable as $$
begin
  return body::json #>> array[part, 'id'];
exception when others then
  return null;
end $$;

-- Adds one entry to the chain of a workspace, and answers its number. The last thing in a transaction, because the calls of
-- the workspace wait from here to its commit.
create function audit_append(workspace text, entry_kind text, entry_body text) returns bigint language plpgsql volatile as $$
declare
  head log_heads;
begin
  perform set_config('idle_in_transaction_session_timeout', '5000', true);
  select * into head from log_heads where workspace_id = workspace for update;
  if not found then
    insert into log_heads (workspace_id) values (workspace) on conflict do nothing;
    select * into strict head from log_heads where workspace_id = workspace for update;
  end if;
  head.seq := head.seq + 1;
  head.at := audit_moment(head.at);
  head.hash := audit_link(null, head.hash, audit_header(workspace, head.seq, audit_stamp(head.at), entry_kind) || entry_body);
  insert into audit_log (workspace_id, seq, at, kind, body, hash, actor, target)
    values (workspace, head.seq, head.at, entry_kind, entry_body, head.hash,
      case when not audit_is_call(entry_kind) then entry_body::json #>> '{actor,id}' end,
      case when not audit_is_call(entry_kind) then entry_body::json #>> '{target,id}' end);
  update log_heads set seq = head.seq, hash = head.hash, at = head.at where workspace_id = workspace;
  return head.seq;
end $$;

-- Removes a month of the log that is over. gaps: for every workspace in it what goes and the hash of its last entry, signed.
create function audit_drop_month(month text, gaps json) returns void language plpgsql volatile as $$
declare
  unsigned text;
begin
  if month !~ '^audit_log_\d{4}_\d\d$' or month >= 'audit_log_' || to_char(now() at time zone 'UTC', 'YYYY_MM') then
    raise '% is not a month of the audit log that is over', month;
  end if;
  -- Whoever writes waits for its workspace before it locks the log, and so must this, which locks the log for writing.
  perform from log_heads order by workspace_id for update;
  execute format('lock table %I in access exclusive mode', month);
  execute format($sql$
    select workspace_id from (select distinct on (workspace_id) workspace_id, seq, hash from %I order by workspace_id, seq desc) l
    where not exists (
      select from json_to_recordset($1) as g (workspace_id text, last_seq bigint, hash text)
      where g.workspace_id = l.workspace_id and g.last_seq = l.seq and decode(g.hash, 'hex') = l.hash
    ) limit 1 $sql$, month) into unsigned using gaps;
  if unsigned is not null then
    raise 'what % has of the workspace % is not signed for', month, unsigned;
  end if;
  execute format('drop table %I', month);
  insert into audit_gaps (workspace_id, first_seq, last_seq, hash, at, public_key, signature)
    select g.workspace_id, g.first_seq, g.last_seq, decode(g.hash, 'hex'), g.at, decode(g.public_key, 'hex'), decode(g.signature, 'hex')
    from json_to_recordset(gaps) as g (workspace_id text, first_seq bigint, last_seq bigint, hash text, at timestamptz, public_key text, signature text);
  perform audit_append(g.workspace_id, 'audit.removed', json_build_object(
      'actor', json_build_object('kind', 'gateway', 'id', 'retention', 'name', 'Retention'),
      'target', json_build_object('kind', 'audit', 'id', month, 'name', month),
      'before', json_build_object('first_seq', g.first_seq, 'last_seq', g.last_seq, 'hash', g.hash))::text)
    from (
      select * from json_to_recordset(gaps) as g (workspace_id text, first_seq bigint, last_seq bigint, hash text) order by workspace_id
    ) g;
end $$;
revoke execute on function audit_drop_month(text, json) from public;
select audit_make_partitions(2);

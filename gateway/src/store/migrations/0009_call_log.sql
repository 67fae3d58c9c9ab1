-- Background work: the policies of row-level security bind the owner as well.
set local sallyport.workspace = '*';

-- As before, in words of which the planner knows how many rows they leave: it took them for one in two hundred.
create or replace function current_workspace_is(id text) returns boolean language sql stable parallel safe
  as $$ select id = current_setting('sallyport.workspace', true) or current_setting('sallyport.workspace', true) = '*' $$;

-- PostgreSQL need not take these apart: they are read whole, and as they were written.
alter table calls alter column trace type json using trace::json, alter column input type json using input::json;

-- Finding calls by any combination of filters: a facet is one combination of what can be filtered by. There are few of
-- them, and the calls of each are in order in one index.
drop index calls_by_connector, calls_by_connection, calls_by_status;
-- A call that named something which is not there has no version of a connector. It counts as one without a connector and an
-- action: callers make up such names as they like, and there must not be a facet for each.
create function call_facet(
  workspace_id text, connector text, connector_version text, action text, connection_id text, caller_id text, status text, error_code text
) returns bigint language sql immutable parallel safe as $$
  select hashtextextended(workspace_id || E'\n' || case when connector_version is null then E'\n' else coalesce(connector, '') || E'\n' || coalesce(action, '') end
    || E'\n' || coalesce(connection_id, '') || E'\n' || caller_id || E'\n' || status || E'\n' || coalesce(error_code, ''), 0)
$$;
-- Whoever writes a call gives its facet, and a trigger those of changed ones: PostgreSQL takes long to prepare a column that it
-- generates, for each statement anew.
alter table calls add column facet bigint not null generated always as
  (call_facet(workspace_id, connector, connector_version, action, connection_id, caller_id, status, error_code)) stored;
alter table calls alter column facet drop expression;
-- With the column that row-level security looks at, so that the index alone answers.
create index calls_by_facet on calls (facet, id) include (workspace_id);

create table call_facets (
  facet bigint primary key,
  workspace_id text not null,
  connector text,
  action text,
  connection_id text,
  caller_id text not null,
  status text not null,
  error_code text
);
create index call_facets_workspace on call_facets (workspace_id);

-- How many calls ended in each quarter of an hour, by what summaries show. Rows of a quarter are counted up, so leave room.
create table call_figures (
  workspace_id text not null,
  at timestamptz not null,
  -- Empty where the call had none, as in the columns that follow; upstream_status is 0 then.
  connector text not null,
  connection_id text not null,
  -- Empty for calls that succeeded.
  error_code text not null,
  upstream_status integer not null,
  -- Durations up to 2 ^ (slot / 4) milliseconds: each slot is a fifth longer than the one before it.
  slot smallint not null,
  calls integer not null,
  duration_ms double precision not null,
  last_at timestamptz not null,
  primary key (workspace_id, at, connector, connection_id, error_code, upstream_status, slot)
) with (fillfactor = 50);
create index call_figures_connection on call_figures (workspace_id, connection_id, at);

do $$
declare t text;
begin
  foreach t in array array['call_facets', 'call_figures'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy workspace on %I using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))', t);
  end loop;
end $$;

-- Empty for a call that succeeded.
create function call_error(status text, error_code text) returns text language sql immutable parallel safe
  as $$ select case when status = 'failed' then coalesce(error_code, 'INTERNAL') else '' end $$;
create function call_slot(ms double precision) returns smallint language sql immutable parallel safe
  as $$ select ceil(4 * ln(greatest(ms, 0.01)) / ln(2::double precision))::smallint $$;

-- Enters calls, each once for every status that it takes, into the facets, and into the figures when they have ended: those
-- that are there, those that a statement adds, and one whose status changes. The same words for each, in functions of their
-- own, because rows that are handed to a function cost more than counting them.
do $do$
declare
  counting text := $sql$
    insert into call_facets
      select distinct on (facet) facet, workspace_id, case when connector_version is not null then connector end,
        case when connector_version is not null then action end, connection_id, caller_id, status, error_code
      from %1$s where not exists (select from call_facets f where f.facet = a.facet) order by facet
      on conflict do nothing;
    insert into call_figures as f
      select workspace_id, date_bin('15 minutes', started_at, '2000-01-01T00:00:00Z') as at,
        coalesce(case when connector_version is not null then connector end, '') as connector,
        coalesce(connection_id, '') as connection_id, call_error(status, error_code) as code,
        coalesce(upstream_status, 0) as upstream, call_slot(duration_ms) as slot, count(*), sum(duration_ms), max(started_at)
      from %1$s where status in ('succeeded', 'failed')
      group by 1, 2, 3, 4, 5, 6, 7
      on conflict (workspace_id, at, connector, connection_id, error_code, upstream_status, slot) do update
        set calls = f.calls + excluded.calls, duration_ms = f.duration_ms + excluded.duration_ms,
          last_at = greatest(f.last_at, excluded.last_at);
  $sql$;
  trigger_function text := 'create function %I() returns trigger language plpgsql as $f$ begin %s return null; end $f$';
begin
  execute format(counting, 'calls a');
  execute format(trigger_function, 'calls_inserted', format(counting, 'added a'));
  execute format(trigger_function, 'call_changed', format(counting, '(select new.*) a'));
end $do$;
create trigger calls_inserted after insert on calls referencing new table as added for each statement execute function calls_inserted();
create function call_changes() returns trigger language plpgsql as $$
begin
  new.facet := call_facet(
    new.workspace_id, new.connector, new.connector_version, new.action, new.connection_id, new.caller_id, new.status, new.error_code);
  return new;
end $$;
create trigger call_changes before update on calls for each row execute function call_changes();
create trigger call_changed after update on calls for each row when (old.status <> new.status) execute function call_changed();

-- Writes a group of calls: rows that begin or are whole, and ends of such that are on record; and an entry of the audit log
-- for each, whose body is its text in the JSON. owners: for each of them which of the workspaces is its own, from 1; kinds:
-- what each row is, 1 started, 2 pending, 3 ended. Answers the ids of ends that have no row, or null. Doing it again changes nothing.
create function log_calls(
  workspaces text[], rows json, row_owners integer[], row_kinds integer[], ends json, end_owners integer[]
) returns text[] language plpgsql volatile as $$
declare
  seqs bigint[];
  hashes bytea[];
  newest timestamptz;
  moment timestamptz;
  stamp text;
  written integer;
  entry record;
  n integer := 0;
  missing text[];
begin
  for attempt in 1 .. 2 loop
    select array_agg(h.seq order by w.i), array_agg(h.hash order by w.i), max(h.at)
      into seqs, hashes, newest
      from (select * from log_heads where workspace_id = any (workspaces) order by workspace_id for update) as h
      join unnest(workspaces) with ordinality as w (id, i) on w.id = h.workspace_id;
    exit when cardinality(seqs) = cardinality(workspaces);
    insert into log_heads (workspace_id) select w from unnest(workspaces) as w order by w on conflict do nothing;
  end loop;
  moment := audit_moment(newest);
  stamp := audit_stamp(moment);

  if row_owners <> '{}' then
    insert into calls (id, workspace_id, caller_kind, caller_id, caller_name, entrance, connector, connector_version, action,
        effect, connection_id, status, outcome, upstream_status, error_code, error_detail, method, url, input, response_bytes,
        approval_id, trace, started_at, duration_ms, facet)
      select id, workspace_id, caller_kind, caller_id, caller_name, entrance, connector, connector_version, action,
        effect, connection_id, status, outcome, upstream_status, error_code, error_detail, method, url, input::json, response_bytes,
        approval_id, trace::json, started_at, duration_ms,
        call_facet(workspace_id, connector, connector_version, action, connection_id, caller_id, status, error_code)
      from json_to_recordset(rows) as r (id text, workspace_id text, caller_kind text, caller_id text, caller_name text,
        entrance text, connector text, connector_version text, action text, effect text, connection_id text, status text,
        outcome text, upstream_status integer, error_code text, error_detail text, method text, url text, input text,
        response_bytes integer, approval_id text, trace text, started_at timestamptz, duration_ms double precision)
      on conflict do nothing;
    get diagnostics written = row_count;
    if written < cardinality(row_owners) then
      -- Some are on record: from a try whose answer was lost, or begun and now ended otherwise.
      for entry in
        select * from json_to_recordset(rows) as r (id text, workspace_id text, status text, outcome text,
          upstream_status integer, error_code text, error_detail text, response_bytes integer, trace text,
          duration_ms double precision)
      loop
        n := n + 1;
        continue when exists (
          select from calls c
          where c.workspace_id = entry.workspace_id and c.id = entry.id and c.xmin = pg_current_xact_id()::xid
        );
        update calls c set status = entry.status, outcome = entry.outcome, upstream_status = entry.upstream_status,
            error_code = entry.error_code, error_detail = entry.error_detail, response_bytes = entry.response_bytes,
            trace = entry.trace::json, duration_ms = entry.duration_ms
          where c.workspace_id = entry.workspace_id and c.id = entry.id and c.status = 'started' and entry.status <> 'started';
        if not found then
          row_owners[n] := 0;
        end if;
      end loop;
    end if;
  end if;

  n := 0;
  -- One by one: a plan for all would, as long as the table is small, go through the whole of it, and be kept.
  if end_owners <> '{}' then
    for entry in
      select * from json_to_recordset(ends) as e (id text, workspace_id text, status text, outcome text,
        upstream_status integer, error_code text, error_detail text, response_bytes integer, trace text,
        duration_ms double precision)
    loop
      n := n + 1;
      update calls c set status = entry.status, outcome = entry.outcome, upstream_status = entry.upstream_status,
          error_code = entry.error_code, error_detail = entry.error_detail, response_bytes = entry.response_bytes,
          trace = entry.trace::json, duration_ms = entry.duration_ms
        where c.workspace_id = entry.workspace_id and c.id = entry.id
          and c.status in ('started', 'pending_approval');
      continue when found;
      end_owners[n] := 0;
      if not exists (select from calls c where c.workspace_id = entry.workspace_id and c.id = entry.id) then
        missing := missing || entry.id;
      end if;
    end loop;
  end if;

  with kept as (
    insert into audit_log (workspace_id, seq, at, kind, body, hash)
      select workspaces[o], seq, moment, kind, body, audit_chain(hashes[o], audit_header(workspaces[o], seq, stamp, kind) || body)
          over (partition by o order by place rows unbounded preceding)
      from (
        select *, row_number() over (partition by o order by place) + seqs[o] as seq
        from (
          select i as place, row_owners[i] as o, (array['call.started', 'call.pending', 'call.ended'])[row_kinds[i]] as kind,
            value::text as body
          from json_array_elements(rows) with ordinality as r (value, i)
          union all
          select 1000000 + i, end_owners[i], 'call.ended', value::text from json_array_elements(ends) with ordinality as e (value, i)
        ) as entries
        where o > 0
      ) as numbered
      returning workspace_id, seq, hash
  )
  select array_agg(workspace_id), array_agg(seq), array_agg(hash) into workspaces, seqs, hashes
    from (select distinct on (workspace_id) workspace_id, seq, hash from kept order by workspace_id, seq desc) as last;
  for i in 1 .. coalesce(cardinality(workspaces), 0) loop
    update log_heads set seq = seqs[i], hash = hashes[i], at = moment where workspace_id = workspaces[i];
  end loop;
  return missing;
end $$;

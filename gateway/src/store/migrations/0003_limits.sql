-- Calls counted against limits, where several gateways share this database: each window (a key) is a list of steps of
-- time. They are facts of no workspace: keys are ids, and only limit_take reads them.
create table limit_steps (
  key text not null,
  -- When its calls leave the window, in milliseconds since the epoch.
  ends double precision not null,
  calls bigint not null,
  -- All calls of the key up to and with this step: the calls inside a window are a difference of two of them.
  total bigint not null,
  primary key (key, ends)
) with (fillfactor = 70);
-- For removing what nobody asks for. An expression, so that no plan made when the table was empty takes it for a key's steps.
create index limit_steps_by_end on limit_steps ((ends + 0));

-- The time that limits go by, in milliseconds since the epoch.
create function limit_clock() returns double precision language sql volatile
  as $$ select extract(epoch from clock_timestamp())::double precision * 1000 $$;

-- Decides on calls in the order given. Windows: keys, with the length and the step of each in milliseconds. Quotas: the
-- window (its number from 1) and the limit, those of one call in a row; last_quotas has the number of the last quota of
-- each call. A call is counted in all of its windows or in none. Answers, for each call that was refused: the quota that
-- has no room for longest, and the milliseconds until there is.
create function limit_take(
  keys text[], spans double precision[], steps double precision[],
  quotas integer[], limits bigint[], last_quotas integer[]
) returns table (call integer, quota integer, wait_ms double precision) language plpgsql volatile as $$
declare
  slot integer;
  now_ms double precision;
  used bigint[];
  totals bigint[];
  lasts double precision[];
  added bigint[] := array_fill(0::bigint, array[cardinality(keys)]);
  first_quota integer := 1;
  refused boolean;
  refused_calls integer[] := '{}';
  refused_quotas integer[] := '{}';
begin
  -- The record of a call is committed with its flush, later and in the same log of the database: after a crash, only
  -- calls without a record are forgotten here.
  perform set_config('synchronous_commit', 'off', true);
  if current_setting('transaction_isolation') <> 'read committed' then
    raise 'limit_take sees what others have counted only when it reads what is committed';
  end if;

  -- Whoever counts the same key waits here. Always in one order, so that nobody waits in a circle; slots, as locks are few.
  for slot in select distinct hashtext(k) & 127 from unnest(keys) as k order by 1 loop
    perform pg_advisory_xact_lock(1398033487, slot);
  end loop;
  now_ms := limit_clock();

  delete from limit_steps s using unnest(keys) as k where s.key = k and s.ends <= now_ms;

  select array_agg(coalesce(l.total - f.total + f.calls, 0) order by i), array_agg(coalesce(l.total, 0) order by i),
    array_agg(coalesce(l.ends, 0) order by i)
    into used, totals, lasts
    from unnest(keys) with ordinality as k (key, i)
    left join lateral (select s.total, s.calls from limit_steps s where s.key = k.key order by s.ends limit 1) f on true
    left join lateral (select s.total, s.ends from limit_steps s where s.key = k.key order by s.ends desc limit 1) l on true;

  for i in 1 .. cardinality(keys) loop
    -- The clock was set back: what was counted counts as counted now, so that nobody waits for longer than a window.
    continue when lasts[i] <= now_ms + spans[i] + greatest(steps[i], spans[i] / 60000);
    delete from limit_steps s where s.key = keys[i];
    lasts[i] := now_ms + spans[i];
    insert into limit_steps values (keys[i], lasts[i], used[i], totals[i]);
  end loop;

  for c in 1 .. cardinality(last_quotas) loop
    refused := false;
    for q in first_quota .. last_quotas[c] loop
      continue when used[quotas[q]] < limits[q];
      refused := true;
      refused_calls := refused_calls || c;
      refused_quotas := refused_quotas || q;
    end loop;
    if not refused then
      for q in first_quota .. last_quotas[c] loop
        used[quotas[q]] := used[quotas[q]] + 1;
        added[quotas[q]] := added[quotas[q]] + 1;
      end loop;
    end if;
    first_quota := last_quotas[c] + 1;
  end loop;

  insert into limit_steps as s (key, ends, calls, total)
    select k.key, greatest(coalesce(ceil(now_ms / nullif(k.step, 0)) * k.step, now_ms) + k.span, k.last), k.added, k.total + k.added
    from unnest(keys, spans, steps, added, totals, lasts) as k (key, span, step, added, total, last) where k.added > 0
    on conflict (key, ends) do update set calls = s.calls + excluded.calls, total = excluded.total;

  return query
    select distinct on (r.call) r.call, r.quota, b.ends - now_ms
    from unnest(refused_calls, refused_quotas) as r (call, quota)
    cross join lateral (
      select s.ends from limit_steps s
      where s.key = keys[quotas[r.quota]] and s.total > totals[quotas[r.quota]] + added[quotas[r.quota]] - limits[r.quota]
      order by s.ends limit 1
    ) b
    order by r.call, b.ends desc;

  -- Keys nobody asks for go by the way, twice as fast as steps come. Comes last and waits for nobody.
  delete from limit_steps where ctid = any (array(
    select s.ctid from limit_steps s where s.ends + 0 <= now_ms order by s.ends + 0
    limit cardinality(keys) * 2 for update skip locked
  ));
end $$;

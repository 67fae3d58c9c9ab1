-- Decides on one call on the clock of the server. KEYS: its windows. ARGV: limit, span and step of each, in milliseconds.
-- The call is counted in every window or in none. Answers {0, 0}, or the window that has no room for longest, and for how
-- many microseconds.
--
-- A window is a list: the calls inside it, then for each step of time, oldest first, when its calls leave and how many
-- they are. Oldest and newest stand at the ends, where a list is quick.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000

local function number(key, index)
  return tonumber(redis.call('LINDEX', key, index) or nil)
end

local function whole(value)
  return string.format('%.0f', value)
end

local function instant(value)
  return string.format('%.3f', value)
end

-- Drops what has left the window; answers how many are inside it.
local function expire(key, span, step)
  local used = number(key, 0)
  if not used then return 0 end
  if number(key, 1) <= now then
    redis.call('LPOP', key)
    repeat
      used = used - tonumber(redis.call('LPOP', key, 2)[2])
      local first = number(key, 0)
    until not first or first > now
    if used > 0 then redis.call('LPUSH', key, whole(used)) end
  end
  -- The clock was set back: what was counted counts as counted now, so that nobody waits for longer than a window.
  if used > 0 and number(key, -2) > now + span + math.max(step, span / 60000) then
    redis.call('DEL', key)
    redis.call('RPUSH', key, whole(used), instant(now + span), whole(used))
    redis.call('PEXPIREAT', key, whole(math.ceil(now + span)))
  end
  return used
end

-- How long until so many have left that one more fits.
local function wait(key, used, limit)
  local steps = redis.call('LRANGE', key, 1, used == limit and 2 or -1)
  for i = 1, #steps, 2 do
    used = used - tonumber(steps[i + 1])
    if used < limit then return tonumber(steps[i]) - now end
  end
end

local refused, longest = 0, 0
local all = {}
for i, key in ipairs(KEYS) do
  local limit, span, step = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local used = expire(key, span, step)
  all[i] = { used = used, span = span, step = step }
  if used >= limit then
    local ms = wait(key, used, limit)
    if ms > longest then refused, longest = i, ms end
  end
end
if refused > 0 then return { refused, math.ceil(longest * 1000) } end

for i, key in ipairs(KEYS) do
  local window = all[i]
  local ends = now + window.span
  if window.step > 0 then ends = math.ceil(now / window.step) * window.step + window.span end
  if window.used == 0 then
    redis.call('RPUSH', key, 1, instant(ends), 1)
  else
    redis.call('LSET', key, 0, whole(window.used + 1))
    if number(key, -2) >= ends then
      ends = number(key, -2)
      redis.call('LSET', key, -1, whole(number(key, -1) + 1))
    else
      redis.call('RPUSH', key, instant(ends), 1)
    end
  end
  redis.call('PEXPIREAT', key, whole(math.ceil(ends)))
end
return { 0, 0 }

-- USES: first_runs sound
-- A task is one packed row of the hash t. Fields that have their default are left out:
-- h handler, q queue (default), p priority (0), k key, t trigger (NOW), r repeats, o overlaps, i input, x other settings;
-- s state (PENDING), d head due, f head fire (d), b buffered until, H number that took the head, m saved without a head;
-- n place in line, N numbers given, c numbers claimed, u fire times used, z number at the cancel, y fire time then;
-- e open executions by number, X number and D first due of the asked ones, C crashes in a row and B the last fence then,
-- Q was quarantined, Y has events, g is in z;
-- v version of the definition, w executions by older version.
-- An open execution: w waits again, f fence, n node, l claimed at, a attempt (1), F fire, D due, d due again, b buffered until,
-- x asked for, i input, u fired, r waits for a retry, p fence whose node reported that, g detached, z replaced, k key, q queue it holds the key in,
-- E error, S started, v version, c to be ended by its owner.

local owned = {}

-- the task of a row that says all; nil for one that is damaged or not ours
local function as_task(raw)
  local T = unpacked(raw)
  return is_task(T) and T or nil
end

-- a row as the task that it is; nil for none, with true where it is there and cannot be read
local function task_of(id, raw)
  if not raw then return nil, false end
  local ok, T, row = pcall(cmsgpack.unpack, raw)
  if ok and is_end(T) and is_task(row) then return ended_first(row, T), false end
  if not ok or not is_task(T) then return nil, true end
  local owner = T.n and not T.N and call('HGET', P .. 'o', id)
  if not owner then return T, false end
  owned[id] = true
  return claimed_first(T, owner)
end

local function task(id) return task_of(id, call('HGET', P .. 't', id)) end

local function forget_owner(id)
  if owned[id] then
    call('HDEL', P .. 'o', id)
    owned[id] = nil
  end
end

local function keep(id, T)
  forget_owner(id)
  if T.e and not next(T.e) then T.e = nil end
  if T.w and not next(T.w) then T.w = nil end
  call('HSET', P .. 't', id, cmsgpack.pack(T))
end

-- how many executions are claimed, and the number of the first that waits to be claimed again
local function open(T)
  local active, first = 0, nil
  for number, E in pairs(T.e or {}) do
    if not E.w then
      active = active + 1
    elseif not first then
      first = number
    else
      local mine, best = at(E.d), at(T.e[first].d)
      if mine < best or (mine == best and number < first) then first = number end
    end
  end
  return active, first
end

-- when something of it can be claimed, to order by and exactly; NEVER when that depends on something else than time
local function due(T)
  local active, first = 0, nil
  if T.e then active, first = open(T) end
  local best = nil
  if first then best = T.e[first].d end
  if not T.o then
    if active > 0 then return NEVER, nil end
    if first then return at(best), best end
  end
  local earliest = best and at(best) or NEVER
  if T.d and not T.z and at(T.d) < earliest then earliest, best = at(T.d), T.d end
  if T.X and at(T.D) < earliest then earliest, best = at(T.D), T.D end
  return earliest, best
end

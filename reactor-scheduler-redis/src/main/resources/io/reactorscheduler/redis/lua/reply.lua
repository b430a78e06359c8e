-- USES: runs answers
-- Replies about tasks.

-- the parts that make a task: id, handler, queue, priority, key, trigger, input, other settings
local function definition(id, T)
  return {
    id, T.h, T.q or false, T.p and out(T.p) or false, T.k or false, T.t or false, T.i or false, T.x or false,
  }
end

-- a task as users see it: its parts, then state, fire time, due time, running, executions, attempt, crashes
local function info(id, T)
  local active = open(T)
  local _, time = due(T)
  local fire = T.d and (T.f or T.d)
  if T.z and not T.d then fire = T.y end
  local newest, attempt = -1, 1
  for number, E in pairs(T.e or {}) do
    if number > newest then newest, attempt = number, E.a or 1 end
  end
  local reply = definition(id, T)
  for _, part in ipairs({
    T.s or 'P', out(fire), out(time), out(active), out(T.c or 0), out(attempt), out(T.C or 0),
  }) do
    reply[#reply + 1] = part
  end
  return reply
end

-- the answer for a task that is not there or cannot be read
local function unknown(damaged) return { damaged and 'B' or 'U' } end

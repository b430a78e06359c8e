-- USES: poll_turns
-- Claims of first runs of tasks that run once: many at a time, and no row is written. See task.

-- whether the next run of a task in line is its first and only one, and depends on nothing but its queue
local function is_first_run(T)
  return not (T.N or T.r or T.o or T.k or T.w or T.f or T.b) and type(T.d) == 'number'
end

-- how many of the tasks from a place on come before the next that needs a claim of its own, with those that are no tasks
local function count_first_runs(tasks, from)
  local to = from
  while tasks[to] == false or tasks[to] and is_first_run(tasks[to]) do to = to + 1 end
  return to - from
end

-- takes the first tasks out of their lines
local function leave_lines(Q, tasks, lanes_of, from, to)
  local by_lane = {}
  for i = from, to do
    if tasks[i] then by_lane[lanes_of[i]] = (by_lane[lanes_of[i]] or 0) + 1 end
  end
  for A, first in pairs(by_lane) do
    call('ZREMRANGEBYRANK', line(Q, A), 0, first - 1)
    Q.dirty[A] = true
  end
end

-- a claim in a reply is short, and begins with a number: that of what it has in common with those around it
local function add_first_claim(asked, id, T, fence)
  local last, shapes, reply = asked.last, asked.shapes, asked.claims
  if not last or last.h ~= T.h or last.p ~= T.p or last.t ~= T.t or last.x ~= T.x then
    asked.last = T
    shapes[#shapes + 1] = { T.h, T.p or false, false, T.t or false, false, T.x or false }
  end
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4], reply[n + 5] = #shapes - 1, id, T.d, fence, T.i or false
end

-- claims first runs that were taken out of line; adds the names of their leases to a list; gives how many there were
local function claim_first_runs(asked, Q, ids, tasks, from, to, names)
  local leases, owners, claimed, n, deadline = {}, {}, {}, 0, out(now + asked.lease)
  local at_node = ':' .. out(now) .. ':' .. #Q.name .. ':' .. Q.name .. ':' .. asked.node
  local first = count('f', now, to - from + 1)
  for i = from, to do
    if tasks[i] then
      local id, fence = ids[i], string.format('%d', first + n)
      local name = fence .. ':1:' .. id
      leases[2 * n + 1], leases[2 * n + 2] = deadline, name
      owners[2 * n + 1], owners[2 * n + 2] = id, fence .. at_node
      n = n + 1
      claimed[n], names[#names + 1] = id, name
      add_first_claim(asked, id, tasks[i], fence)
    end
  end
  if n == 0 then return 0 end
  call('ZADD', P .. 'e', unpack(leases))
  call('HSET', P .. 'o', unpack(owners))
  note_all('B', claimed, 1, asked.node)
  use_tokens(Q, n)
  Q.r = Q.r + n
  states.P, states.R = (states.P or 0) - n, (states.R or 0) + n
  return n
end

-- USES: poll_turns
-- Claims of first runs of tasks that run once: many at a time, and no row is written. See task.

-- whether the next run of a task in line is its first and only one, and depends on nothing but its queue
local function is_first_run(T)
  return not (T.N or T.r or T.o or T.k or T.w or T.f) and type(T.d) == 'number'
end

-- takes out of line what is found from a place on before the next task that needs a claim of its own; gives its place, too
local function take_first_runs(Q, found, i)
  local first_runs, by_lane = {}, {}
  while found[i] and (not found[i].task or is_first_run(found[i].task)) do
    local each = found[i]
    if each.task then
      first_runs[#first_runs + 1] = each
      local names = by_lane[each.lane] or {}
      names[#names + 1], by_lane[each.lane] = each.name, names
      use_token(Q)
    end
    i = i + 1
  end
  for A, names in pairs(by_lane) do
    call('ZREM', line(Q, A), unpack(names))
    Q.dirty[A] = true
  end
  return first_runs, i
end

-- a claim in a reply is short: it has no number
local function add_first_claim(reply, id, T, fence)
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4], reply[n + 5] = id, T.h, T.p and out(T.p) or false, false, T.t or false
  reply[n + 6], reply[n + 7], reply[n + 8], reply[n + 9], reply[n + 10] = T.i or false, T.x or false, false, out(T.d), fence
  reply[n + 11] = T.b and out(T.b) or false
end

-- claims first runs that were taken out of line; adds the names of their leases to a list
local function claim_first_runs(asked, Q, first_runs, names)
  local leases, owners, ids, deadline = {}, {}, {}, out(now + asked.lease)
  local at_node = ':' .. out(now) .. ':' .. #Q.name .. ':' .. Q.name .. ':' .. asked.node
  for i, each in ipairs(first_runs) do
    local id, fence = each.id, out(count('f', now))
    local name = fence .. ':1:' .. id
    leases[2 * i - 1], leases[2 * i] = deadline, name
    owners[2 * i - 1], owners[2 * i] = id, fence .. at_node
    ids[i], names[#names + 1] = id, name
    add_first_claim(asked.claims, id, each.task, fence)
  end
  call('ZADD', P .. 'e', unpack(leases))
  call('HSET', P .. 'o', unpack(owners))
  note_all('B', ids, 1, asked.node)
  Q.r = Q.r + #ids
  states.P, states.R = (states.P or 0) - #ids, (states.R or 0) + #ids
end

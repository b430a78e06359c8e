-- USES: journal
-- The first run of a task that runs once, which most runs are, writes no row anew. Its claim is a text in the hash o:
-- fence:claimed at:length of the queue's name:queue:node. Its end is a text before the row, C for completed, then
-- started:ended:fence:length of the node's name:node:result, where r before the result says that there is one. Whoever
-- reads the task sees all that in its row, and whoever keeps it writes it there.

-- of the claim of a first run: fence, claimed at, queue, node; nil where it cannot be read
local function owner_of(text)
  local fence, claimed_at, length, names = string.match(text, '^(%d+):(%d+):(%d+):(.*)$')
  if not names then return nil end
  return tonumber(fence), tonumber(claimed_at), string.sub(names, 1, length), string.sub(names, length + 2)
end

local function is_end(text) return type(text) == 'string' and string.find(text, '^C%d+:%d+:%d+:%d+:') ~= nil end

-- of the end of a first run: started, ended, fence, node, result
local function end_of(text)
  local started, ended_at, fence, length, names = string.match(text, '^C(%d+):(%d+):(%d+):(%d+):(.*)$')
  local has_result = string.sub(names, length + 2, length + 2) == 'r'
  return tonumber(started), tonumber(ended_at), tonumber(fence), string.sub(names, 1, length),
    has_result and string.sub(names, length + 3) or nil
end

local function first_run(T, state)
  local fire, due_at, buffered = T.f or T.d, T.d, T.b
  T.n, T.d, T.f, T.b = nil, nil, nil, nil
  T.N, T.c, T.u, T.s = 1, 1, 1, state
  return fire, due_at, buffered
end

local function ended_first(T, text)
  local started, ended_at, fence, node, result = end_of(text)
  T.R = { n = 1, s = 'C', F = first_run(T, 'C'), S = started, e = ended_at, a = 1, N = node, f = fence, R = result }
  return T
end

-- nil, and true, where the claim cannot be read
local function claimed_first(T, owner)
  local fence, claimed_at, _, node = owner_of(owner)
  if not fence then return nil, true end
  local fire, due_at, buffered = first_run(T, 'R')
  T.H, T.e = 1, { { F = fire, D = due_at, b = buffered, u = 1, f = fence, n = node, l = claimed_at } }
  return T, false
end

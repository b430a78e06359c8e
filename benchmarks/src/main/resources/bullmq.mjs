// BullMQ as a subject: reads commands on standard input, one a line, and says on standard output what it did.
//   enqueue n      saves n jobs in bulk, then "done"
//   each n calls   saves n jobs by single calls, so many of them under way at once, then "done"
//   later n ms     saves n jobs that are due in so many milliseconds, then "done"
//   at us us ...   saves jobs that are due at these epoch microseconds, then "done"
//   work           begins to run jobs, then "done"; from then on "ran n", and "late due now" for those of "at"
import { createInterface } from 'node:readline';
import { Queue, Worker } from 'bullmq';

const url = new URL(process.argv[2]);
const connection = { host: url.hostname, port: Number(url.port), maxRetriesPerRequest: null };
const queue = new Queue('benchmark', { connection, defaultJobOptions: { removeOnComplete: true } });
const BULK = 1000;
const CONCURRENCY = 100;
const REPORT_MS = 2;

let ran = 0;
let late = [];
let isReporting = false;
let reported = 0;

const now = () => Math.round((performance.timeOrigin + performance.now()) * 1000);

async function bulk(n, job) {
  for (let from = 0; from < n; from += BULK) {
    const jobs = [];
    for (let i = from; i < Math.min(n, from + BULK); i++) {
      jobs.push(job(i));
    }
    await queue.addBulk(jobs);
  }
}

async function each(n, calls) {
  let next = 0;
  const lane = async () => {
    while (next < n) {
      next++;
      await queue.add('job', {});
    }
  };
  await Promise.all(Array.from({ length: calls }, lane));
}

const commands = {
  enqueue: ([n]) => bulk(Number(n), () => ({ name: 'job', data: {} })),
  each: ([n, calls]) => each(Number(n), Number(calls)),
  later: ([n, ms]) => bulk(Number(n), () => ({ name: 'job', data: {}, opts: { delay: Number(ms) } })),
  at: (dues) =>
    bulk(dues.length, (i) => ({
      name: 'job',
      data: { due: Number(dues[i]) },
      opts: { delay: Math.max(0, Math.ceil((Number(dues[i]) - now()) / 1000)) },
    })),
  work: async () => {
    const worker = new Worker(
      'benchmark',
      async (job) => {
        if (job.data.due) {
          late.push(`late ${job.data.due} ${now()}`);
        }
        ran++;
        reportSoon();
      },
      { connection, concurrency: CONCURRENCY, removeOnComplete: { count: 0 } },
    );
    await worker.waitUntilReady();
  },
};

function report() {
  isReporting = false;
  reported = performance.now();
  process.stdout.write([...late, `ran ${ran}`, ''].join('\n'));
  ran = 0;
  late = [];
}

// at once where little happens, and not for each job where much does
function reportSoon() {
  if (!isReporting) {
    isReporting = true;
    const wait = reported + REPORT_MS - performance.now();
    if (wait > 0) {
      setTimeout(report, wait);
    } else {
      setImmediate(report);
    }
  }
}

await queue.waitUntilReady();
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...words] = line.split(' ');
  await commands[name](words);
  process.stdout.write('done\n');
}
process.exit(0);

// npm web-push with an agent that keeps its connections, 50 at once: node web_push.mjs LOAD PUSHES
import { readFileSync } from "node:fs";
import https from "node:https";
import webpush from "web-push";

const AT_ONCE = 50;
const [, , path, count] = process.argv;
const load = JSON.parse(readFileSync(path, "utf8"));
const pushes = Number(count);
const agent = new https.Agent({ keepAlive: true, maxSockets: AT_ONCE });
const options = { TTL: 86400, urgency: "normal", topic: "abcdefghijklmnopqrstuvwxyz123456", agent };

webpush.setVapidDetails(load.subject, load.vapid_public, load.vapid_private);

async function send(number) {
  let place = 0;
  let accepted = 0;
  const worker = async () => {
    while (place < number) {
      const at = place++;
      const to = load.subscriptions[at % load.subscriptions.length];
      const answer = await webpush.sendNotification(to, load.payloads[at % load.payloads.length], options);
      accepted += answer.statusCode === 201;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return accepted;
}

const warmUp = Math.min(300, pushes);
await send(warmUp);
const before = process.cpuUsage();
const accepted = await send(pushes);
const used = process.cpuUsage(before);
const peak = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ cpu_us: (used.user + used.system) / pushes, pushes, accepted, peak_mb: peak, warm_up: warmUp }));
process.exit(0);

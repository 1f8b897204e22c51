// A gateway in front of the simulated provider, as users run them: two processes, a configuration file, a database.
//
// Everything lives in a temporary folder and ends with the tests. Nothing waits for a time: each process says on
// stderr where it listens, and that is the sign that it is ready.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PATIENCE_MS = 30_000;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Starts a program that says where it listens; answers its address and how to end it. */
async function start(args, environment = {}) {
  const program = process.env.SEAWALL_BIN ?? join(ROOT, 'target/debug/seawall');
  const child = spawn(program, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = [];
  const exit = once(child, 'exit');
  const address = await new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`seawall ${args.join(' ')} is not ready:\n${said.join('\n')}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail();
    }, PATIENCE_MS);
    child.on('error', reject);
    createInterface({ input: child.stderr })
      .on('line', (line) => {
        said.push(line);
        const found = /listening on http:\/\/([^\s/]+)/.exec(line);
        if (found) {
          clearTimeout(timer);
          resolve(found[1]);
        }
      })
      .on('close', () => {
        clearTimeout(timer);
        fail();
      });
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    const [code] = await exit;
    clearTimeout(timer);
    assert.equal(code, 0, `seawall ${args[0]} ended badly:\n${said.join('\n')}`);
  };
  return { address, stop };
}

/** Starts both processes; `stop` ends them and removes the folder. */
export async function startGateway() {
  const folder = await mkdtemp(join(tmpdir(), 'seawall-sdk-'));
  const adminKey = randomBytes(24).toString('hex');
  const sim = await start(['sim', '--listen', '127.0.0.1:0']);
  const config = join(folder, 'seawall.toml');
  await writeFile(
    config,
    `[server]
listen = "127.0.0.1:0"
[store]
url = "sqlite:${folder}/seawall.db"
[[upstream]]
name = "sim"
kind = "openai"
base_url = "http://${sim.address}/v1"
api_key = "env:SIM_KEY"
`,
  );
  const serve = await start(['serve', '--config', config], {
    SEAWALL_ADMIN_KEY: adminKey,
    SIM_KEY: 'sk-simulated-provider',
  });
  const stop = async () => {
    await serve.stop();
    await sim.stop();
    await rm(folder, { recursive: true });
  };
  return { address: serve.address, simAddress: sim.address, adminKey, stop };
}

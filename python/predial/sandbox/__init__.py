"""The Calls API on this machine (extra `sandbox`), for `predial sandbox` and for tests.

| module | what it decides |
| --- | --- |
| `settings` | what a sandbox is started with |
| `clock` | what time it is in the sandbox |
| `faults` | which request is hit by which fault |
| `keys` | which requests wait for one another, and what they are compared by |
| `store` | what is kept: campaigns, jobs, calls, answers by key (SQLite) |
| `judgement` | what the core says of a request, as the service's answer |
| `state` | one sandbox: all of these |
| `answers` | the JSON of answers and errors |
| `connection` | how a fault reaches the connection |
| `adding` | the requests that add jobs |
| `jobs` | the requests about jobs that were added |
| `queue` | which job is dialled when |
| `dialling` | calls, played by chance |
| `campaigns` | the requests about a campaign |
| `routes` | the endpoints: methods, paths, who answers |
| `serving` | one request, with the fault that hits it |
| `page` | the page for people |
| `openapi` | the description of the endpoints, and its page |
| `control` | the endpoints of the sandbox itself |
| `app` | the application |
| `server` | the process or the thread that listens |

A module uses those above it. Whether a job is right is decided by the core alone.
"""

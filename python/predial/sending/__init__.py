"""Sends what `prepare` left, so that each job is created exactly once (extra `send`).

| module | what it decides |
| --- | --- |
| `errors` | why sending ends early |
| `clock` | how old a try is, by clocks that jump |
| `journal` | what is on the disk before and after each request |
| `outcomes` | what an answer of the service proves |
| `expiry` | which jobs have expired since they were prepared, as the core says |
| `pieces` | which bodies there are, and what became of each: the journal, read |
| `client` | requests over HTTP; the token leaves this module in URLs alone |
| `settings` | what the caller asks for |
| `reconcile` | whether the jobs of a body exist, as the reports of the service say |
| `unknown` | whether a body that is unknown is sent again, and what to do if not |
| `results` | the files of IDs and of refused rows |
| `run` | the run: which piece is sent when |
| `api` | `send` and `send_async` |

A module uses those above it. What is in a body, and what is left of one, is decided by the core.
"""

"""Which worker is given which part of a job, where there are several. No processes.

A compile takes longer than most parts, so a worker is given what it has programs for, where such a part waits; else one
whose programs no other has; and if all that waits is of others' programs, one of these: nobody idles while parts wait.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from bilstm_core.engine.program_keys import MAX_PROGRAMS, ProgramKey
from bilstm_core.service.job_record import Job


@dataclass(slots=True)
class Seating:
    """The programs that each worker was given parts for, by its address; those given last last."""

    programs: dict[str, dict[ProgramKey, None]] = field(default_factory=dict)

    def choose(self, job: Job, free: Sequence[str]) -> tuple[int, str]:
        """The number of the part that is trained next, and the worker that has it.

        job: one of whose parts one waits at least; free: addresses, one at least
        """
        waiting = [(number, part.programs) for number, part in enumerate(job.parts) if part.waiting]
        for number, programs in waiting:
            for address in free:
                if programs <= self.programs.get(address, {}).keys():
                    return number, address
        had = {program for own in self.programs.values() for program in own}
        fewest = min(free, key=lambda address: len(self.programs.get(address, {})))
        fresh = (number for number, programs in waiting if not programs & had)
        return next(fresh, waiting[0][0]), fewest

    def give(self, address: str, programs: Iterable[ProgramKey]) -> None:
        """A worker is given a part that is trained with these."""
        own = self.programs.setdefault(address, {})
        for program in programs:
            own.pop(program, None)
            own[program] = None
        while len(own) > MAX_PROGRAMS:
            del own[next(iter(own))]

    def keep(self, there: Collection[str]) -> None:
        """Forget the workers that are not there any more."""
        self.programs = {address: own for address, own in self.programs.items() if address in there}

"""Readers at a gate, as `--reader` names them: several at once, and boards on a serial line."""

import os
import pty
import termios
import time

from conftest import card, tamtap, wait_until


def cards_of(acks):
    return [(ack["card"], ack["reason"] or ack["verdict"]) for ack in acks]


def test_two_readers_at_one_gate_are_read_side_by_side_and_one_that_is_missing_stops_neither(school, start, tmp_path):
    data = school()
    (tmp_path / "front").write_text(f"{card(1)}\nsleep 400\n{card(3)}\n")
    (tmp_path / "back").write_text(f"sleep 200\n{card(2)}\nsleep 400\n{card(4)}\n")
    gate = start(
        "terminal", "--data", data, "--panel", "json", "--exit-on-eof",
        "--reader", f"script:{tmp_path / 'front'}", "--reader", f"script:{tmp_path / 'back'}",
    )  # fmt: skip
    taken = cards_of(gate.acks(4))
    assert sorted(taken) == sorted((card(n), "accepted") for n in (1, 2, 3, 4))
    for first, second in ((1, 3), (2, 4)):
        assert taken.index((card(first), "accepted")) < taken.index((card(second), "accepted")), "as one reader reads"
    assert gate.process.wait(10) == 0, "when the input of all has ended"
    again = start(
        "terminal", "--data", data, "--panel", "json",
        "--reader", "rc522:/dev/spidev9.9,reset=25", "--reader", "stdin",
    )  # fmt: skip
    again.type(card(1))
    assert cards_of(again.acks(1)) == [(card(1), "duplicate")]
    assert again.stop() == 0
    assert any("switch SPI on" in line for line in again.log)


def test_a_reader_that_is_named_twice_is_refused(tmp_path):
    refused = tamtap("terminal", "--data", tmp_path, "--reader", "stdin", "--reader", "stdin", check=False)
    assert refused.returncode == 1 and "name each reader once" in refused.stderr


def has_taken(line):
    """Whether a gate has the serial line and has set it up; what was written before is not for it."""
    return not termios.tcgetattr(line)[3] & termios.ECHO


def hold(board, uid):
    """What a board writes while a card stays."""
    for _ in range(5):
        os.write(board, f"{uid}\r\n".encode())
        time.sleep(0.1)


def test_a_board_on_a_serial_line_is_a_reader_and_may_be_unplugged(school, start, tmp_path):
    data = school()
    port = tmp_path / "ttyUSB0"
    board, line = pty.openpty()
    port.symlink_to(os.ttyname(line))
    gate = start("terminal", "--data", data, "--panel", "json", "--reader", f"serial:{port},baud=115200")
    wait_until(lambda: has_taken(line), 30, "the line is taken")
    os.close(line)
    hold(board, card(1))
    os.write(board, f"{card(2)}\r\n".encode())
    assert cards_of(gate.acks(2)) == [(card(1), "accepted"), (card(2), "accepted")]
    port.unlink()
    os.close(board)
    time.sleep(1)
    board, line = pty.openpty()
    port.symlink_to(os.ttyname(line))
    wait_until(lambda: has_taken(line), 30, "the line is taken again")
    hold(board, card(3))
    assert cards_of(gate.acks(1)) == [(card(3), "accepted")]
    assert gate.stop() == 0

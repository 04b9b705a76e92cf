"""Judging: resources times rules give findings, findings give a verdict. Pure: no file is opened here."""

"""Imports of many modules of the library by a program that does nothing else."""
import argparse, ast, asyncio, base64, bisect, calendar, collections, configparser, contextlib, copy, csv, dataclasses
import datetime, decimal, difflib, email.message, enum, fractions, functools, gzip, hashlib, heapq, html, http.client
import inspect, io, ipaddress, itertools, json, logging.config, operator, os, pathlib, pickle, platform, pprint, queue
import random, re, shutil, socket, statistics, string, struct, subprocess, tempfile, textwrap, threading
import time, traceback, typing, unittest, urllib.parse, urllib.request, uuid, warnings, weakref, xml.etree.ElementTree, zipfile
import sys
print(sum(name in sys.modules for name in ("asyncio", "json", "unittest", "zipfile")))

"""Records of client managers (客户经理), kept by a regulation (管理办法)."""

__version__ = "0.1.0"

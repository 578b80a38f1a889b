"""How the door says no."""

from __future__ import annotations

SAVE_AS = "请在表格软件中另存为“Excel 工作簿（.xlsx）”后再上传"
COPY_VALUES = "请新建工作簿，只粘贴数值后再上传"


class FileRefused(ValueError):
    """A file that does not come in; the message says why and what to do."""
